import manifest from '../../package.json' with { type: 'json' };

/** The application's version, from its own manifest. */
export const version: string = manifest.version;
