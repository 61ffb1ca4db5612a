import fc from 'fast-check';

/**
 * Property tests choose the same examples in each run, so that a test that fails says something of the change under test.
 * Another number in SEED chooses others.
 */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });
