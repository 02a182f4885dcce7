import type { StepQuestion } from '../../../shared/contract/routines.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepAnswer } from './step-types.ts';

/** Does this answer fit the question that stands? */
export function refuseOtherAnswer(question: StepQuestion, answer: StepAnswer): void {
  if (question.kind !== answer.kind)
    throw invalid(`The question wants ${question.kind}, and the answer is ${answer.kind}.`);
  if (question.kind === 'choice' && answer.kind === 'choice') {
    const ids = question.choices.map(({ id }) => id);
    if (!ids.includes(answer.id)) throw invalid(`There is no choice ${answer.id}: ${ids.join(', ')}.`);
    return;
  }
  if (question.kind === 'choice' || answer.kind === 'choice') return;
  const asked = question.keys.map(({ key }) => key);
  const other = Object.keys(answer.values).find((key) => !asked.includes(key));
  if (other !== undefined) throw invalid(`${other} was not asked for.`);
}

function invalid(message: string): AppError {
  return new AppError({ code: 'input.invalid', message, remedy: 'Look at the question again, and answer that.' });
}

/** May this step do what it does? The first choice is to do it. */
export function mayI(title: string, detail: readonly string[]): StepQuestion {
  return {
    kind: 'choice',
    text: `${title}?`,
    detail: detail.slice(0, 100),
    choices: [
      { id: 'yes', label: title, danger: false },
      { id: 'no', label: 'Skip', danger: false },
    ],
  };
}
