import { readFile, stat } from 'node:fs/promises';
import { CommandError } from '../../client/command-error.ts';
import { findRecord } from '../../client/read-records.ts';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import { encodeCallback } from '../../functions/domain/message.ts';
import { type AddCommand, type CommandWork, helpNote } from '../command.ts';
import { type AdoptedSong, mostAdopted, readSongList } from '../read-song-list.ts';

type Given = { dryRun?: true };

export const addAdopt: AddCommand = (program, run) => {
  program
    .command('adopt')
    .description('Stores songs of Suno that another program made, by their track ids alone.')
    .argument('<file>', 'a CSV file; its first line names the columns trackId and, if you like, title and lyrics')
    .option('--dry-run', 'only says how many songs there are')
    .addHelpText(
      'after',
      helpNote(
        "Each song is fetched from Suno's own host and becomes a task of its own, with the label adopted=true. " +
          'Songs whose id is known already are skipped.',
        'Exit code 1: a line of the file was not understood; all others were taken.',
      ),
    )
    .action(async (file: string, { dryRun }: Given) => run(adopt(await textOf(file), { isDryRun: dryRun === true })));
};

const songsAtOnce = 8;

function adopt(text: string, { isDryRun }: { isDryRun: boolean }): CommandWork {
  const { songs, problems } = readSongList(text);
  return async ({ bucket, send }, { now, progress }) => {
    const shown = progress('Adopting songs');
    const fresh: string[] = [];
    let done = 0;
    await forEachConcurrent(songs, songsAtOnce, async (song) => {
      const isKnown = (await findRecord(bucket, song.trackId)) !== undefined;
      if (!isKnown && !isDryRun) await send(messageFor(song, now()));
      if (!isKnown) fresh.push(song.trackId);
      shown.update(++done, songs.length);
    });
    shown.end();
    const known = songs.length - fresh.length;
    return {
      exitCode: problems.length > 0 ? 1 : 0,
      json: { songs: songs.length, adopted: isDryRun ? 0 : fresh.length, known, problems },
      lines: [
        `${fresh.length} of ${songs.length} songs ${isDryRun ? 'would be' : 'are'} adopted; ${known} are known already.`,
        ...problems,
      ],
    };
  };
}

/** In the form of a callback of sunoapi.org, so that an adopted song becomes a record like any other. */
function messageFor({ trackId, title, lyrics }: AdoptedSong, now: Date): string {
  const track = {
    ...{ id: trackId, audio_url: `https://cdn1.suno.ai/${trackId}.mp3` },
    ...{ title: title ?? '', prompt: lyrics ?? '' },
  };
  const data = { callbackType: 'complete', task_id: trackId, data: [track] };
  const body = Buffer.from(JSON.stringify({ code: 200, msg: 'adopted by its track id', data }));
  const message = encodeCallback({ receivedAt: now.toISOString(), labels: { adopted: 'true' }, body });
  if (message === null) throw new CommandError(`The lyrics of ${trackId} are too long to be sent.`);
  return message;
}

/** Lyrics have some kilobytes. */
const maxCsvBytes = 64 * 1024 ** 2;

async function textOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new CommandError(`There is no file ${file}.`, 2);
  if (found.size > maxCsvBytes) {
    throw new CommandError(`${file} is over ${maxCsvBytes} bytes: split it; ${mostAdopted} songs fit into one run.`, 2);
  }
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`, 2);
  });
}
