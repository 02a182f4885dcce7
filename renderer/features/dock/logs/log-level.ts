export type LogLevel = 'error' | 'warn' | null;

// How common loggers mark a level: a word at the start or in brackets, `level=`, a JSON field, Redis' `#`.
const levelField = /(?:^|[\s,{])"?(?:level|lvl|severity|log\.level)"?\s*[=:]\s*"?([a-z]+|\d+)/i;
const errorWord = /(?:^|[\s[(|<])(?:error|err|fatal|panic|crit(?:ical)?|emerg|alert|severe)(?=$|[\s:\])|>!])/i;
const warnWord = /(?:^|[\s[(|<])(?:warn(?:ing)?)(?=$|[\s:\])|>!])/i;
/** Levels stand near the front; what comes later is somebody's message. */
const reach = 96;

function named(level: string): LogLevel {
  const word = level.toLowerCase();
  if (/^(error|err|fatal|panic|crit|critical|emerg|alert|50|60)$/.test(word)) return 'error';
  if (/^(warn|warning|40)$/.test(word)) return 'warn';
  return null;
}

/** The level a line names, as far as it can be seen without knowing its format. */
export function logLevel(text: string): LogLevel {
  const head = text.length > reach ? text.slice(0, reach) : text;
  const field = levelField.exec(head);
  if (field?.[1] !== undefined) return named(field[1]);
  if (errorWord.test(head)) return 'error';
  if (warnWord.test(head)) return 'warn';
  return null;
}
