import {
  Activity,
  ArrowUpFromLine,
  Camera,
  CircleStop,
  Download,
  FileCode,
  FileDiff,
  GitCommitHorizontal,
  GitPullRequest,
  History,
  ListChecks,
  type LucideIcon,
  NotebookText,
  Play,
  Power,
  RotateCw,
  Server,
  ShieldCheck,
  SquareTerminal,
  Sunrise,
  Sunset,
} from 'lucide-react';
import type { StepKind } from '../../shared/domain/routine-file.ts';

/** What a step does, as a picture beside its words. */
export const stepIcons: Readonly<Record<StepKind, LucideIcon>> = {
  engine: Server,
  health: Activity,
  'git.fetch': Download,
  'git.pull': GitPullRequest,
  'git.wip': GitCommitHorizontal,
  'git.push': ArrowUpFromLine,
  'config.sync': FileCode,
  changes: FileDiff,
  'stack.up': Play,
  'stack.stop': CircleStop,
  'stack.down': Power,
  'stack.restart': RotateCw,
  ready: ShieldCheck,
  'golden.restore': History,
  'golden.capture': Camera,
  run: SquareTerminal,
  summary: NotebookText,
};

export const routineIcon = (name: string): LucideIcon =>
  name === 'morning' ? Sunrise : name === 'evening' ? Sunset : ListChecks;
