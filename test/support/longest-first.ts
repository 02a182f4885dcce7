import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take half a minute or more, longest first: begun last, one would run on alone. */
const longest = [
  'faults/golden-adopt-kill',
  'faults/kill-stack-operations',
  'faults/kill-golden-operations',
  'faults/stack-kill',
  'integration/metrics',
  'integration/beside-compose',
  'integration/health',
  'integration/beside-compose-changes',
  'integration/golden-postgres',
  'integration/cli',
  'integration/golden-restore-plain',
  'integration/health-beside',
  'integration/golden-restore',
  'integration/routines',
].map((name) => `/test/${name}.test.ts`);

/** Runs the longest files first, whether or not they ran here before; the others as ever. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
