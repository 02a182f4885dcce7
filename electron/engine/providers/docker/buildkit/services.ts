import { grpcCodes, grpcFailure } from './grpc.ts';
import type { ServerCall, ServerHandler } from './grpc-server.ts';
import { credentialsAnswer, credentialsRequest, healthAnswer, secretAnswer, secretRequest } from './messages.ts';

/** To the end, for a stream that is left early is cut. */
async function request(call: ServerCall): Promise<Uint8Array> {
  let first: Uint8Array | undefined;
  for await (const message of call.messages) first ??= message;
  return first ?? new Uint8Array();
}

/** `grpc.health.v1.Health/Check`: the engine asks every few seconds whether we are still there. */
export const healthService: ServerHandler = async (call) => {
  await request(call);
  const serving = 1;
  await call.send(healthAnswer.encode({ status: serving }));
};

/** `moby.buildkit.secrets.v1.Secrets/GetSecret`. Values stay in memory here and in a tmpfs of the build step there. */
export function secretService(secrets: ReadonlyMap<string, Uint8Array>): ServerHandler {
  return async (call) => {
    const { id } = secretRequest.decode(await request(call));
    const data = secrets.get(id);
    if (data === undefined) throw grpcFailure(grpcCodes.notFound, `secret ${id}: not found`);
    await call.send(secretAnswer.encode({ data }));
  };
}

export interface RegistryLogin {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/**
 * `moby.filesync.v1.Auth/Credentials`: asked when a registry wants a login. An identity token goes without a user name.
 * The methods by which we would fetch tokens ourselves are not offered; the engine then fetches them.
 */
export function credentialsService(login: (host: string) => Promise<RegistryLogin | undefined>): ServerHandler {
  return async (call) => {
    const { host } = credentialsRequest.decode(await request(call));
    const found = await login(host);
    const answer =
      found?.identitytoken !== undefined && found.identitytoken !== ''
        ? { secret: found.identitytoken }
        : { username: found?.username ?? '', secret: found?.password ?? '' };
    await call.send(credentialsAnswer.encode(answer));
  };
}
