export type Hours = { readonly ok: true; readonly hours: number } | { readonly ok: false; readonly problem: string };

const least = 24;
const most = 24 * 90;

/** Whole hours, a day to ninety days: the limits of the setting itself. */
export function parseHours(text: string): Hours {
  const clean = text.trim();
  if (!/^\d{1,6}$/.test(clean)) return { ok: false, problem: 'A number of hours' };
  const hours = Number(clean);
  if (hours < least) return { ok: false, problem: `At least ${least} h` };
  if (hours > most) return { ok: false, problem: `At most ${most} h` };
  return { ok: true, hours };
}
