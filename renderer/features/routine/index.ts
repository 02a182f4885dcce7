export { RoutineCommands } from './routine-commands.tsx';
export { RoutinePage } from './routine-page.tsx';
export { RunInFoot } from './run-in-foot.tsx';
export { RoutineStartPage } from './start-page.tsx';
