import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createRouter } from '../../electron/doors/router.ts';
import { serveSocket } from '../../electron/doors/socket.ts';
import { connectSocket } from '../../electron/doors/socket-client.ts';
import { socketPlace } from '../../electron/doors/socket-path.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import { inTemporaryFolder } from '../support/temp.ts';
import { knownApi } from './doors-api.ts';

const environment = {};
const serve = (dataFolder: string) =>
  serveSocket({
    dataFolder,
    environment,
    serve: createServeWire(createRouter({ api: knownApi().api })),
    actor: { door: 'socket', user: 'kim' },
  });

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('socket door', () => {
  it('keeps everybody else out', () =>
    inTemporaryFolder(async (base) => {
      const folder = join(base, 'open');
      await mkdir(folder);
      await chmod(folder, 0o777);
      const door = await serve(folder);
      const place = socketPlace(folder, environment);
      expect(await mode(folder)).toBe('700');
      expect(await mode(place.path)).toBe('600');
      expect(await mode(place.tokenFile)).toBe('600');
      for (const protocols of [['goldenhour'], ['goldenhour', `token.${'0'.repeat(64)}`]]) {
        const status = await new Promise((resolve, reject) => {
          const websocket = new WebSocket('ws://localhost/rpc', protocols, {
            createConnection: () => connect({ path: place.path }),
          });
          websocket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
          websocket.on('open', () => reject(new Error('It let us in.')));
          websocket.on('error', reject);
        });
        expect(status).toBe(401);
      }
      await door.close();
      await expect(stat(place.path)).rejects.toThrow();
      await expect(stat(place.tokenFile)).rejects.toThrow();
    }));

  it('is not there when no engine is, whatever was left behind', () =>
    inTemporaryFolder(async (folder) => {
      expect(await connectSocket({ dataFolder: folder, environment })).toBeUndefined();
      const place = socketPlace(folder, environment);
      await writeFile(place.tokenFile, 'f'.repeat(64));
      expect(await connectSocket({ dataFolder: folder, environment })).toBeUndefined();
      await writeFile(place.path, '');
      expect(await connectSocket({ dataFolder: folder, environment })).toBeUndefined();
      const door = await serve(folder);
      const engine = await connectSocket({ dataFolder: folder, environment });
      expect(await engine?.client.system.hello()).toMatchObject({ epoch: 'e1' });
      await engine?.close();
      await door.close();
    }));

  it('works in a folder whose path is too long for a socket', () =>
    inTemporaryFolder(async (base) => {
      const folder = join(base, 'a folder with a long name and ünïcode '.repeat(3).trim());
      await mkdir(folder);
      const place = socketPlace(folder, environment);
      expect(Buffer.byteLength(place.path)).toBeLessThan(104);
      const door = await serve(folder);
      const engine = await connectSocket({ dataFolder: folder, environment });
      expect(await engine?.client.system.hello()).toMatchObject({ epoch: 'e1' });
      await engine?.close();
      await door.close();
    }));

  it('gives different folders different places, also as named pipes', () => {
    const places = ['/a', '/b'].map((folder) => socketPlace(folder, environment, 'win32').path);
    expect(new Set(places).size).toBe(2);
    for (const path of places) expect(path.startsWith('\\\\.\\pipe\\')).toBe(true);
  });
});
