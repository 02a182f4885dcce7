import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { EngineClient } from '../../shared/client.ts';
import type { StepQuestion } from '../../shared/contract/routines.ts';
import type { Terminal } from './output.ts';

export type Answer = Parameters<EngineClient['routines']['answer']>[0]['answer'];

/**
 * Asks on a terminal what a step wants to know. Undefined: nobody can answer here, or nobody did, so the step is to be
 * skipped. With `yes` the proposal is taken; a secret cannot be proposed.
 */
export async function answerQuestion(
  terminal: Terminal,
  question: StepQuestion,
  { yes }: { readonly yes: boolean },
): Promise<Answer | undefined> {
  if (yes && question.kind === 'choice') {
    const [first] = question.choices;
    return first === undefined ? undefined : { kind: 'choice', id: first.id };
  }
  if (yes && question.kind === 'values')
    return { kind: 'values', values: Object.fromEntries(question.keys.map((one) => [one.key, one.proposal])) };
  const { stdin = process.stdin, stderr } = terminal;
  if (terminal.json || !stdin.isTTY) return undefined;
  const [input, mute] = promptOn(terminal);
  const ask = (text: string): Promise<string | undefined> => {
    const none = new Promise<undefined>((resolve) => {
      input.once('close', () => resolve(undefined));
      input.once('SIGINT', () => resolve(undefined));
    });
    return Promise.race([input.question(text), none]);
  };
  try {
    stderr.write(`${question.text}\n`);
    if (question.kind === 'choice') {
      for (const line of question.detail) stderr.write(`  ${line}\n`);
      const list = question.choices.map((one, index) => `  ${index + 1} ${one.label}`);
      const given = await ask(`${list.join('\n')}\nChoose [1-${list.length}, nothing skips the step]: `);
      const chosen = question.choices[Number(given?.trim()) - 1];
      return chosen === undefined ? undefined : { kind: 'choice', id: chosen.id };
    }
    const values: Record<string, string> = {};
    if (question.kind === 'values') {
      for (const { key, proposal, comment } of question.keys) {
        if (comment !== null) stderr.write(`  # ${comment}\n`);
        const given = await ask(`  ${key}${proposal === '' ? '' : ` [${proposal}]`}: `);
        if (given === undefined) return undefined;
        values[key] = given === '' ? proposal : given;
      }
      return { kind: 'values', values };
    }
    stderr.write(`  ${question.kept}\n`);
    for (const { key, why } of question.keys) {
      if (why !== null) stderr.write(`  # ${why}\n`);
      stderr.write(`  ${key}: `);
      mute(true);
      const given = await ask('');
      mute(false);
      stderr.write('\n');
      if (given === undefined) return undefined;
      if (given !== '') values[key] = given;
    }
    return Object.keys(values).length === 0 ? undefined : { kind: 'secrets', values };
  } finally {
    input.close();
  }
}

/** A prompt whose echo can be turned off, for secrets. */
function promptOn({ stdin = process.stdin, stderr }: Terminal): [Interface, (on: boolean) => void] {
  let muted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) stderr.write(chunk);
      done();
    },
  });
  return [
    createInterface({ input: stdin, output, terminal: true }),
    (on) => {
      muted = on;
    },
  ];
}
