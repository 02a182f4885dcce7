import { createContext, Script } from 'node:vm';

const limitMs = 50;

/**
 * Does a regular expression from a file match? Undefined: it is none, or takes too long to tell; a pattern can be made
 * so that it never ends, and the engine does nothing else meanwhile.
 */
export function testPattern(pattern: string, texts: readonly string[]): readonly boolean[] | undefined {
  try {
    const script = new Script('const p = new RegExp(pattern, "u"); JSON.stringify(texts.map((text) => p.test(text)))');
    const found: unknown = script.runInContext(
      createContext({ pattern, texts: texts.map((text) => text.slice(0, 500)) }),
      { timeout: limitMs },
    );
    return JSON.parse(String(found)) as boolean[];
  } catch {
    return undefined;
  }
}
