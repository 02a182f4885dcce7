import { AppError } from '../../../shared/errors.ts';

/** No cause is kept: libraries put what they were given into their messages. */
export function unavailable(message: string, remedy: string): AppError {
  return new AppError({ code: 'secrets.unavailable', message, remedy });
}
