/** The session bus, for the desktop: notifications and tray icons go over the same connection code as the key store. */
export { type BusCall, type BusSignal, busSocket, keepSessionBus, type SessionBus } from './platform/session-bus.ts';
