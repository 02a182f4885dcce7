export { OperationCard } from './operation-card.tsx';
export { OperationsTray } from './operations-tray.tsx';
