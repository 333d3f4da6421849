// What ffmpeg can write of the formats that we accept: the name of each file and the options that make it.

type Encoding = readonly [name: string, options: string];
/** Files from one input, so that one process can write all of them. */
export type Batch = { input: string; seconds: number; encodings: readonly Encoding[] };

const each = <Value>(values: readonly Value[], encoding: (value: Value) => Encoding) => values.map(encoding);

const songs: Batch = {
  input: '-f lavfi -i aevalsrc=0.4*sin(500*t*t)|0.3*sin(900*t)+0.1*random(0):s=44100',
  seconds: 3.1,
  encodings: [
    ...each([32, 64, 96, 128, 192, 256, 320], (kb) => [`cbr-${kb}.mp3`, `-b:a ${kb}k`]),
    ...each([0, 2, 5, 9], (q) => [`vbr-${q}.mp3`, `-q:a ${q}`]),
    ...each([8000, 11025, 12000, 16000, 22050, 24000, 32000, 48000], (hz) => [`hz-${hz}.mp3`, `-ar ${hz} -q:a 4`]),
    ...each([3, 4], (version) => [
      `id3v2.${version}.mp3`,
      `-id3v2_version ${version} -write_id3v1 1 -metadata title=x`,
    ]),
    ['average.mp3', '-abr 1 -b:a 128k'],
    ['mono.mp3', '-ac 1 -b:a 64k'],
    ['apart.mp3', '-joint_stereo 0 -reservoir 0 -b:a 160k'],
    ['bare.mp3', '-write_xing 0 -id3v2_version 0 -b:a 128k'],
    ['bare-vbr.mp3', '-write_xing 0 -q:a 3'],
    ['shine.mp3', '-c:a libshine -b:a 128k'],
    ['layer2.mp3', '-c:a mp2 -f mp2'],
    ['layer2-low.mp3', '-c:a mp2 -ar 24000 -b:a 64k -f mp2'],
    ['twolame.mp3', '-c:a libtwolame -b:a 192k -f mp2'],
    ...each([32, 96, 256], (kb) => [`aac-${kb}.m4a`, `-c:a aac -b:a ${kb}k`]),
    ['first.m4a', '-c:a aac -movflags +faststart'],
    ['low.m4a', '-c:a aac -ac 1 -ar 8000'],
    ['fragments.m4a', '-c:a aac -movflags +frag_keyframe+empty_moov -frag_duration 500000'],
    ['lossless.m4a', '-c:a alac'],
    ['dolby.mp4', '-c:a ac3 -vn'],
    ['opus.mp4', '-c:a libopus -strict -2'],
    ['mp3.mp4', '-c:a libmp3lame'],
    ...each(['u8', 's16le', 's24le', 's32le', 'f32le', 'f64le', 'alaw', 'mulaw'], (pcm) => [
      `${pcm}.wav`,
      `-c:a pcm_${pcm}`,
    ]),
    ...each(['adpcm_ima_wav', 'adpcm_ms', 'adpcm_yamaha'], (adpcm) => [`${adpcm}.wav`, `-c:a ${adpcm}`]),
    ['surround.wav', '-c:a pcm_s16le -ac 6 -ar 16000'],
    ['broadcast.wav', '-c:a pcm_s16le -write_bext 1 -metadata description=x -metadata title=y'],
    ['peaks.wav', '-c:a pcm_s16le -write_peak on'],
  ],
};

const x264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p';
const films: Batch = {
  input: '-f lavfi -i testsrc2=s=130x98:r=24 -f lavfi -i sine=f=300:r=44100',
  seconds: 2,
  encodings: [
    ['last.mp4', x264],
    ['first.mp4', `${x264} -movflags +faststart`],
    ['reserved.mp4', `${x264} -moov_size 20000`],
    ['silent.mp4', `${x264} -an`],
    ['reordered.mp4', '-c:v libx264 -preset veryfast -bf 3 -pix_fmt yuv420p -movflags +negative_cts_offsets'],
    ['timecode.mp4', `${x264} -timecode 01:00:00:00 -metadata title=x -movflags +use_metadata_tags`],
    ['keyframes.mp4', `${x264} -g 8 -movflags +frag_keyframe+empty_moov`],
    ['pieces.mp4', `${x264} -movflags +frag_every_frame+empty_moov+default_base_moof`],
    ['separate.mp4', `${x264} -g 8 -movflags +frag_keyframe+separate_moof`],
    ['dash.mp4', `${x264} -g 12 -movflags +dash+global_sidx -frag_duration 500000`],
    ['cmaf.mp4', `${x264} -g 12 -movflags +cmaf+frag_keyframe+skip_trailer`],
    ['smooth.mp4', `${x264} -g 12 -movflags +isml+frag_keyframe -f ismv`],
    ['hevc.mp4', '-c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1 -pix_fmt yuv420p'],
    ['part2.mp4', '-c:v mpeg4'],
    ['vp9.mp4', '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p'],
    ['phone.mp4', `${x264} -f 3gp -ar 16000 -c:a aac`],
    ['apple.mp4', `${x264} -f ipod`],
    ['quicktime.mp4', `${x264} -f mov -c:a pcm_s16le`],
  ],
};

const pictures: Batch = {
  input: '-f lavfi -i testsrc2=s=333x251,noise=alls=9',
  seconds: 0.04,
  encodings: [
    ...each([2, 8, 31], (q) => [`q-${q}.jpeg`, `-q:v ${q}`]),
    ...each(['yuvj444p', 'yuvj422p', 'gray'], (format) => [`${format}.jpeg`, `-pix_fmt ${format}`]),
    ...each(['1:1', '17:13', '800:8'], (size) => [`${size.replace(':', 'x')}.jpeg`, `-vf scale=${size}`]),
    ['standard.jpeg', '-huffman default'],
    ...each(['rgb24', 'rgba', 'rgb48be', 'gray', 'gray16be', 'ya8', 'monob', 'pal8'], (format) => [
      `${format}.png`,
      `-pix_fmt ${format}`,
    ]),
    ['1x1.png', '-vf scale=1:1'],
    ['interlaced.png', '-flags +ildct -dpi 300 -pred mixed'],
    ...each([5, 50, 100], (q) => [`q-${q}.webp`, `-c:v libwebp -q:v ${q}`]),
    ['lossless.webp', '-c:v libwebp -lossless 1'],
    ['transparent.webp', '-vf format=rgba,colorchannelmixer=aa=0.5 -c:v libwebp'],
    ['icon.webp', '-vf scale=1:3 -c:v libwebp -preset icon'],
    ['animated.webp', '-c:v libwebp_anim -loop 0'],
  ],
};

export const batches = { songs, films, pictures };
