export { Dock } from './dock.tsx';
export { DockProvider } from './dock-provider.tsx';
export { ServiceLogs } from './logs/service-logs.tsx';
export { ServiceTerminal } from './terminal/service-terminal.tsx';
