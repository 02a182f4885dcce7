import { Composer, type Document, type LineCounter, Parser, visit, type YAMLParseError } from 'yaml';

/** Beyond these many errors a text is not worth reading on. */
const maxErrors = 20;

class TooManyErrors extends Error {}

interface ComposerInside {
  onError: (source: unknown, code: string, message: string, warning?: boolean) => void;
  readonly errors: YAMLParseError[];
}

/** Parses the text, stopping early on garbage: every error costs time, and a large file can have millions. */
export function composeDocuments(
  source: string,
  lines: LineCounter,
): { readonly documents: readonly Document.Parsed[]; readonly errors: readonly YAMLParseError[] } {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, logLevel: 'silent' });
  const inside = composer as unknown as ComposerInside;
  const report = inside.onError;
  inside.onError = (at, code, message, warning) => {
    // Warnings are about tags and directives, which mean nothing here.
    if (warning === true) return;
    report(at, code, message, warning);
    if (inside.errors.length >= maxErrors) throw new TooManyErrors();
  };
  const documents: Document.Parsed[] = [];
  const errors: YAMLParseError[] = [];
  const add = (document: Document.Parsed): void => {
    documents.push(document);
    errors.push(...document.errors.slice(0, maxErrors));
  };
  try {
    for (const token of new Parser(lines.addNewLine).parse(source)) {
      for (const document of composer.next(token)) add(document);
      if (inside.errors.length >= maxErrors || errors.length >= maxErrors) throw new TooManyErrors();
    }
    for (const document of composer.end()) add(document);
  } catch (error) {
    if (!(error instanceof TooManyErrors)) throw error;
    errors.push(...inside.errors);
  }
  return { documents, errors: errors.slice(0, maxErrors) };
}

/** Where the quote, bracket or brace stands whose other half is missing. The parser points to where it gave up. */
export function openedAt(documents: readonly Document.Parsed[], { message, pos }: YAMLParseError): number | undefined {
  const quote = /closing (["'])/.exec(message)?.[1];
  const collection = /^Flow (map|sequence)/.exec(message)?.[1];
  if (quote === undefined && collection === undefined) return undefined;
  let opened: number | undefined;
  for (const document of documents) {
    visit(document, (_key, node) => {
      if (node === null || typeof node !== 'object') return;
      const { type, flow, range } = node as { type?: string; flow?: boolean; range?: readonly number[] };
      const fits = quote === undefined ? flow === true : type === (quote === '"' ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE');
      if (fits && range?.[0] !== undefined && range[0] <= pos[0]) opened = range[0];
    });
  }
  return opened;
}
