export type { ServicePanelSlots } from './service-panel.tsx';
export { StackCommands } from './stack-commands.tsx';
export { StackPage } from './stack-page.tsx';
