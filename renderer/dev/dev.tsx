import './sample-clock.ts';
import '../ui/styles.ts';
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { contract } from '../../shared/contract/index.ts';
import { startApp } from '../app/start.tsx';
import { dialMessagePort } from '../client/message-port.ts';
import { createSampleEngine } from './sample-engine.ts';

/*
 * Not part of the product: the pages over sample data, to look at states that are hard to bring about with a real
 * engine. `npx vite renderer/dev` serves it; `?scene=` chooses the state, `&theme=` the theme,
 * `&at=08:42` the time of day.
 */
const query = new URLSearchParams(window.location.search);
localStorage.removeItem('goldenhour.place');
const router = createSampleEngine(implement(contract), query.get('scene') ?? 'two', query.get('theme') ?? 'light');
window.addEventListener('message', (event) => {
  if ((event.data as { type?: string }).type !== 'goldenhour:connect') return;
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(router).upgrade(port1);
  port1.start();
  window.postMessage({ type: 'goldenhour:port' }, window.location.origin, [port2]);
});
startApp(dialMessagePort(window));
