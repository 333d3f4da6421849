// The bar at the bottom: the current track, its position and the volume.
import { seekTo, setVolume, skip, togglePlaying } from '../player.ts';
import { formatRoute } from '../route.ts';
import { state } from '../state.ts';
import type { PlayableTrack } from '../tracks.ts';
import { clock } from '../wording.ts';
import { bidiText, Cover, Icon } from './parts.tsx';

export function PlayerBar() {
  const track = state.playing.value;
  return (
    <section id="player" aria-label="Player" hidden={track === null}>
      {track === null ? (
        <a id="playing" class="playing" href="#/">
          Nothing is playing
        </a>
      ) : (
        <Playing track={track} />
      )}
      <Transport />
      <Seeking />
      <label class="volume" title="Volume">
        <Icon name="volume" />
        <input
          id="volume"
          type="range"
          min="0"
          max="1"
          step="0.05"
          defaultValue="1"
          aria-label="Volume"
          onInput={({ currentTarget }) => setVolume(Number(currentTarget.value))}
        />
      </label>
    </section>
  );
}

const Playing = ({ track }: { track: PlayableTrack }) => (
  <a id="playing" class="playing" href={formatRoute({ view: 'task', taskId: track.taskId, filter: track.filter })}>
    <Cover objectKey={track.cover} />
    <span class="what">
      {bidiText(track.title, 'title')}
      {bidiText(track.tags, 'tags')}
    </span>
  </a>
);

function Transport() {
  const isPlaying = state.isPlaying.value;
  return (
    <div class="transport">
      <button
        id="previous"
        type="button"
        aria-label="Previous track"
        title="Previous (Shift + ←)"
        onClick={() => void skip(-1)}
      >
        <Icon name="previous" />
      </button>
      <button
        id="toggle"
        type="button"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        title="Play or pause (space)"
        onClick={togglePlaying}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <button id="next" type="button" aria-label="Next track" title="Next (Shift + →)" onClick={() => void skip(1)}>
        <Icon name="next" />
      </button>
    </div>
  );
}

function Seeking() {
  const elapsed = state.elapsedSeconds.value;
  const duration = state.durationSeconds.value;
  return (
    <div class="seeking">
      <span id="elapsed">{clock(elapsed)}</span>
      <input
        id="seek"
        type="range"
        min="0"
        max={duration}
        step="0.1"
        value={elapsed}
        aria-label="Position"
        aria-valuetext={`${clock(elapsed)} of ${clock(duration)}`}
        onInput={({ currentTarget }) => seekTo(Number(currentTarget.value))}
      />
      <span id="length">{clock(duration)}</span>
    </div>
  );
}
