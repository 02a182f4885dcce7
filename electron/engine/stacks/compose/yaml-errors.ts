/** What the YAML parser's error codes mean, in a sentence for the person who wrote the file. */
const sentences: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  ALIAS_PROPS: ['An alias cannot have an anchor or a tag of its own.', 'Remove the anchor or the tag before the *.'],
  BAD_ALIAS: ['This alias is not written correctly.', 'Write * followed by the name of an anchor.'],
  BAD_COLLECTION_TYPE: ['This tag does not fit the kind of value it stands before.', 'Remove the tag.'],
  BAD_DIRECTIVE: ['This YAML directive is not known.', 'Remove the line that starts with %.'],
  BAD_DQ_ESCAPE: [
    'This escape sequence is not known in double quotes.',
    'Write \\\\ for a backslash, or use single quotes.',
  ],
  BAD_INDENT: [
    'The indentation does not fit the lines above.',
    'Indent with the same number of spaces as its siblings.',
  ],
  BAD_PROP_ORDER: ['Anchors and tags must stand after the ? : and - signs.', 'Move the anchor or the tag.'],
  BAD_SCALAR_START: ['A value cannot start with this character unless it is quoted.', 'Put quotes around the value.'],
  BLOCK_AS_IMPLICIT_KEY: [
    'A nested mapping cannot start on the same line as its key.',
    'Put the inner key on a line of its own, or quote the value if the colon belongs to it.',
  ],
  BLOCK_IN_FLOW: ['A block (indented) collection cannot stand inside [ ] or { }.', 'Use one of the two styles.'],
  DUPLICATE_KEY: ['This key is already defined in the mapping.', 'Remove one of the two.'],
  IMPOSSIBLE: ['This text is not valid YAML.', 'Check the line and the one above it.'],
  KEY_OVER_1024_CHARS: ['A key is longer than 1024 characters.', 'Is a quote missing above this line?'],
  MISSING_CHAR: ['Something is missing here.', 'Check quotes, brackets, commas and the space after a colon.'],
  MULTILINE_IMPLICIT_KEY: ['A key cannot span several lines.', 'Is a colon missing at the end of this line?'],
  MULTIPLE_ANCHORS: ['A value can have one anchor only.', 'Remove one of them.'],
  MULTIPLE_DOCS: ['A new document starts here.', 'Separate documents with a line of three dashes.'],
  MULTIPLE_TAGS: ['A value can have one tag only.', 'Remove one of them.'],
  NON_STRING_KEY: ['A key must be text.', 'Put quotes around the key.'],
  RESOURCE_EXHAUSTION: ['The document is nested too deeply.', 'Check the brackets.'],
  TAB_AS_INDENT: ['A tab is used for indentation, which YAML forbids.', 'Use spaces.'],
  TAG_RESOLVE_FAILED: ['This tag is not known.', 'Remove it.'],
  UNEXPECTED_TOKEN: ['This character is not expected here.', 'Check quotes, brackets and colons on this line.'],
};

export interface YamlFault {
  readonly message: string;
  readonly remedy: string;
}

/** `opened`: the position is that of an opening quote or bracket. */
export function explainYamlError(code: string, detail: string, opened: boolean): YamlFault {
  if (opened) {
    const what = /closing/.test(detail) ? 'quote' : /map/.test(detail) ? 'brace {' : 'bracket [';
    return { message: `This ${what} is not closed.`, remedy: 'Add the closing one, or remove this one.' };
  }
  const [message, remedy] = sentences[code] ?? ['This text is not valid YAML.', 'Check the line and the one above it.'];
  const said = detail.split('\n')[0]?.trim() ?? '';
  return { message: said === '' ? message : `${message.replace(/\.$/, '')}: ${said.replace(/\.$/, '')}.`, remedy };
}
