import { contract } from '../../shared/contract/index.ts';
import type { AppError } from '../../shared/errors.ts';
import type { EngineApi } from '../engine/api.ts';

/** Answers every call with the reason why there is no engine. */
export function refusingApi(reason: AppError): EngineApi {
  const refuse = (): Promise<never> => Promise.reject(reason);
  const domains = Object.entries(contract).map(([domain, procedures]) => [
    domain,
    Object.fromEntries(Object.keys(procedures).map((name) => [name, refuse])),
  ]);
  return Object.fromEntries(domains) as EngineApi;
}
