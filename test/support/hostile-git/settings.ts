import { join } from 'node:path';
import { configured, fetch, pull, status, type Trick } from './trap.ts';

const hookNames = [
  'pre-auto-gc',
  'post-checkout',
  'post-merge',
  'post-index-change',
  'pre-commit',
  'post-commit',
  'pre-push',
  'reference-transaction',
  'pre-merge-commit',
];

/** Settings, and files in `.git`, that are there for programs. */
export const settingTricks: readonly Trick[] = [
  {
    name: 'core.fsmonitor',
    make: (at, fire) => configured(at, [['core.fsmonitor', fire]], [status]),
  },
  {
    name: 'core.fsmonitor in a file that the configuration includes',
    async make(at, fire) {
      const trap = await configured(at, [['include.path', '../more.inc']], [status]);
      await at.write(trap.folder, { 'more.inc': `[core]\n\tfsmonitor = "${fire}"\n` });
      return trap;
    },
  },
  {
    name: 'core.fsmonitor in a file that is included for this folder',
    async make(at, fire) {
      const trap = await configured(at, [['includeIf.gitdir:**.path', '../more.inc']], [status]);
      await at.write(trap.folder, { 'more.inc': `[core]\n\tfsmonitor = "${fire}"\n` });
      return trap;
    },
  },
  {
    name: 'core.fsmonitor for one working tree',
    async make(at, fire) {
      const trap = await configured(at, [['extensions.worktreeConfig', 'true']], [status]);
      await at.git(trap.folder, 'config', '--worktree', 'core.fsmonitor', fire);
      return trap;
    },
  },
  {
    name: 'hooks',
    async make(at, fire) {
      const trap = await configured(at, [['gc.auto', '1']], [pull]);
      for (const name of hookNames) await at.script(join(trap.folder, '.git', 'hooks', name), fire);
      return trap;
    },
  },
  {
    name: 'hooks elsewhere (core.hooksPath)',
    async make(at, fire) {
      const trap = await configured(at, [['core.hooksPath', 'tools']], [pull]);
      for (const name of hookNames) await at.script(join(trap.folder, 'tools', name), fire);
      return trap;
    },
  },
  {
    name: 'hooks in the configuration',
    unseen: 'git has them since 2.54',
    make: (at, fire) =>
      configured(
        at,
        ['reference-transaction', 'post-merge', 'pre-push', 'post-index-change'].flatMap((event) => [
          [`hook.${event}-x.command`, fire] as const,
          [`hook.${event}-x.event`, event] as const,
        ]),
        [pull],
      ),
  },
  ...(['clean', 'smudge', 'process'] as const).map(
    (variable): Trick => ({
      name: `filter.${variable}`,
      async make(at, fire) {
        const trap = await configured(at, [[`filter.x.${variable}`, fire]], [['add', '-A'], pull]);
        await at.write(trap.folder, { '.git/info/attributes': '* filter=x\n' });
        return trap;
      },
    }),
  ),
  {
    name: 'filter that calls itself lfs',
    async make(at, fire) {
      const trap = await configured(
        at,
        [
          ['filter.lfs.clean', fire],
          ['filter.lfs.process', fire],
          ['filter.lfs.required', 'true'],
        ],
        [['add', '-A']],
      );
      await at.write(trap.folder, { '.gitattributes': '* filter=lfs\n' });
      return trap;
    },
  },
  {
    name: 'diff.external',
    make: (at, fire) => configured(at, [['diff.external', fire]], [['diff']]),
  },
  ...(['command', 'textconv'] as const).map(
    (variable): Trick => ({
      name: `diff.X.${variable}`,
      async make(at, fire) {
        const trap = await configured(at, [[`diff.x.${variable}`, fire]], [['diff']]);
        await at.write(trap.folder, { '.gitattributes': '* diff=x\n' });
        return trap;
      },
    }),
  ),
  {
    name: 'an editor',
    make: (at, fire) =>
      configured(
        at,
        [
          ['core.editor', fire],
          ['sequence.editor', fire],
        ],
        [['commit', '-a']],
      ),
  },
  {
    name: 'options for merging (branch.X.mergeOptions)',
    make: (at, fire) =>
      configured(
        at,
        [
          ['branch.main.mergeOptions', '--no-ff --edit'],
          ['core.editor', fire],
        ],
        [fetch, ['merge', '@{upstream}']],
      ),
  },
  {
    name: 'a merge driver',
    async make(at, fire) {
      const { mine } = await at.cloned({ behind: true });
      await at.git(mine, 'config', 'merge.x.driver', fire);
      await at.commit(mine, 'feat: apart', { 'shared.txt': 'other\n' });
      await at.write(mine, { '.git/info/attributes': '* merge=x\n' });
      return { folder: mine, provoke: [['pull', '-q', '--no-rebase', '--no-edit']] };
    },
  },
];
