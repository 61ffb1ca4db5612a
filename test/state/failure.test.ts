import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../src/model/errors.ts';
import { stateFailure } from '../../src/state/failure.ts';

const sqlite = (errcode: number) => Object.assign(new Error('why'), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string) => Object.assign(new Error('why'), { code, syscall: 'write' });

describe('a failure of SQLite or the file system', () => {
  it.each([
    ['SQLITE_FULL', sqlite(13), 'state-full'],
    ['SQLITE_IOERR_WRITE, which a quota is', sqlite(778), 'state-full'],
    ['SQLITE_IOERR_SHMSIZE', sqlite(4874), 'state-full'],
    ['ENOSPC', system('ENOSPC'), 'state-full'],
    ['EDQUOT', system('EDQUOT'), 'state-full'],
    ['SQLITE_BUSY', sqlite(5), 'state-busy'],
    ['SQLITE_BUSY_SNAPSHOT', sqlite(517), 'state-busy'],
    ['SQLITE_CORRUPT', sqlite(11), 'state-corrupt'],
    ['SQLITE_CORRUPT_INDEX', sqlite(779), 'state-corrupt'],
    ['SQLITE_NOTADB', sqlite(26), 'not-a-state'],
    ['SQLITE_READONLY', sqlite(8), 'state-unwritable'],
    ['SQLITE_IOERR_READ', sqlite(266), 'state-unwritable'],
    ['SQLITE_CANTOPEN', sqlite(14), 'state-unwritable'],
    ['EACCES', system('EACCES'), 'state-unwritable'],
    ['EROFS', system('EROFS'), 'state-unwritable'],
  ])('%s is told, with its cause', (_, cause, code) => {
    const failure = stateFailure('/var/lib/sightline/sightline.db', cause);
    expect(failure).toMatchObject({ name: 'SightlineError', code, cause });
    expect(String(failure)).toContain('/var/lib/sightline/sightline.db');
  });

  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a misuse of a Node.js function', Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['what was told already', new SightlineError('state-gone', 'removed')],
    ['no error at all', 'thrown'],
  ])('%s stays what it is', (_, cause) => {
    expect(stateFailure('sightline.db', cause)).toBe(cause);
  });
});
