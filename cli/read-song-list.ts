// Reads songs from a CSV file whose header names `trackId` and, optionally, `title` and `lyrics`, in any order.
import { CommandError } from '../client/command-error.ts';
import { readCsvRows } from './read-csv.ts';

export type AdoptedSong = { trackId: string; title: string | null; lyrics: string | null };

/** More songs in one run would only hide a mistake. */
export const mostAdopted = 10_000;

const sunoTrackId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `problems`: lines that were left out, and why. @throws CommandError if the file as a whole cannot be read */
export function readSongList(text: string): { songs: AdoptedSong[]; problems: string[] } {
  const rows = readCsvRows(text);
  if ('problem' in rows) throw new CommandError(`Nothing was adopted. ${rows.problem}`, 2);
  const [header, ...others] = rows;
  const names = header?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  if (!names.includes('trackid')) {
    throw new CommandError('Nothing was adopted. The first line must name the column trackId.', 2);
  }
  if (others.length > mostAdopted) {
    throw new CommandError(`Nothing was adopted. The file has over ${mostAdopted} songs: split it.`, 2);
  }
  const songs = new Map<string, AdoptedSong>();
  const problems: string[] = [];
  for (const { line, fields } of others) {
    const cell = (name: string) => fields[names.indexOf(name)]?.trim() || null;
    const trackId = cell('trackid')?.toLowerCase() ?? '';
    if (sunoTrackId.test(trackId)) songs.set(trackId, { trackId, title: cell('title'), lyrics: cell('lyrics') });
    else problems.push(`line ${line}: trackId must be the id of a track, such as 8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c`);
  }
  return { songs: [...songs.values()], problems };
}
