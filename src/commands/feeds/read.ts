import type { ArgumentsCamelCase } from 'yargs';
import { type Stored, shortIdOf } from '../../ctia/ctia.ts';
import {
  FEED_KINDS,
  type FeedKind,
  type FeedState,
  feedUrlOf,
  findFeed,
  readFeed,
  setUpFeed,
} from '../../deliver/deliver.ts';
import { SightlineError } from '../../model/errors.ts';
import type { ExitCode } from '../command.ts';
import type { FeedOptions, FeedsOptions } from '../feeds.ts';
import { intelOptions } from '../intel-options.ts';
import { print, printJson, tellPerson } from '../print.ts';
import { withSession } from '../session.ts';
import { table } from '../table.ts';

/** Carries out `sightline feeds setup`. */
export function setUpFeeds(given: ArgumentsCamelCase<FeedsOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const states: FeedState[] = [];
    for (const kind of FEED_KINDS) states.push(await setUpFeed(kind, intelOptions(config, client)));
    const rows = states.map(({ kind, feed, isNew }) => ({ kind, id: feed.id, url: isNew ? feedUrlOf(feed) : null }));
    if (given.json) await printJson(rows);
    else
      await print(
        table(
          ['FEED', 'URL'],
          rows.map(({ kind, url }) => [kind, url ?? 'was there; its URL was shown when it was made']),
        ),
      );
    if (rows.some(({ url }) => url !== null)) {
      tellPerson('Keep these URLs like passwords: whoever has one can read the feed. They are not shown again.');
    }
    return 0;
  });
}

/** Carries out `sightline feeds list`. */
export function listFeeds(given: ArgumentsCamelCase<FeedsOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const rows: { kind: FeedKind; id: string | null; values: number }[] = [];
    for (const kind of FEED_KINDS) {
      const feed = await findFeed(kind, intelOptions(config, client));
      rows.push({ kind, id: feed?.id ?? null, values: feed === null ? 0 : (await readFeed(feed, client)).length });
    }
    if (given.json) await printJson(rows);
    else {
      const cells = rows.map(({ kind, id, values }) => [
        kind,
        String(values),
        id === null ? 'not set up' : shortIdOf(id),
      ]);
      await print(table(['FEED', 'VALUES', 'ID'], cells));
    }
    return 0;
  });
}

/** Carries out `sightline feeds show`. */
export function showFeed(given: ArgumentsCamelCase<FeedOptions>): Promise<ExitCode> {
  return withSession(given, async ({ client, config }) => {
    const feed = await findFeed(given.name, intelOptions(config, client));
    await print(await readFeed(requireFeed(feed, given.name), client));
    return 0;
  });
}

function requireFeed(feed: Stored | null, name: string): Stored {
  if (feed !== null) return feed;
  throw new SightlineError('not-found', `there is no feed ${name} yet; sightline feeds setup makes it`);
}
