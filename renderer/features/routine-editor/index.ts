export { RoutineEditorPage } from './editor-page.tsx';
export { RoutineEditorCommands } from './routine-editor-commands.tsx';
