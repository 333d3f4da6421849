#!/bin/sh
# Makes the demo's media from nothing: chords as sums of sines, pictures as formulas. Needs ffmpeg (made with 5.1.9).
# The same ffmpeg gives the same bytes, however often it is run; the files are committed, so nobody else needs ffmpeg.
#   sh local/demo/make-media.sh [folder]
set -eu
out=${1:-"$(dirname "$0")/media"}
mkdir -p "$out"

# One thread and no version strings: what makes the result repeatable.
run() { ffmpeg -nostdin -v error -y "$@"; }
exact='-threads 1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1'

# note HZ START: a plucked string with two overtones; it starts at zero (no click) and fades on its own.
note() {
  printf "gte(t,%s)*exp(-1.4*(t-%s))*(" "$2" "$2"
  printf "sin(2*PI*%s*(t-%s))+0.4*sin(4*PI*%s*(t-%s))+0.15*sin(6*PI*%s*(t-%s)))" "$1" "$2" "$1" "$2" "$1" "$2"
}
# chord SECONDS HZ HZ HZ HZ: the four notes a quarter of a second apart, over the first as bass; then the third and the
# fourth again.
chord() {
  printf "aevalsrc='0.2*(%s+%s+%s+%s+%s+%s+1.2*%s)*min(1,(%s-t)*25)':d=%s:s=44100" \
    "$(note "$2" 0)" "$(note "$3" 0.25)" "$(note "$4" 0.5)" "$(note "$5" 0.75)" \
    "$(note "$4" 1.25)" "$(note "$5" 1.5)" "$(note "$2/2" 0)" "$1" "$1"
}
# The echo fills the gaps between plucks and makes two channels out of one.
room='aecho=0.9:0.9:60|110:0.3|0.2,volume=2.4,alimiter=limit=0.9,aformat=channel_layouts=stereo'

# Am F C G, upwards; 8 s.
day="$(chord 2 220 261.63 329.63 440)[a];$(chord 2 174.61 220 261.63 349.23)[b]
;$(chord 2 261.63 329.63 392 523.25)[c];$(chord 2 196 246.94 293.66 392)[d]
;[a][b][c][d]concat=n=4:v=0:a=1,$room,afade=t=out:st=7:d=1"
# Dm A# F C and home, downwards; 10 s.
night="$(chord 2 293.66 440 349.23 293.66)[a];$(chord 2 233.08 466.16 349.23 293.66)[b]
;$(chord 2 174.61 440 349.23 261.63)[c];$(chord 2 261.63 523.25 392 329.63)[d];$(chord 2 146.83 440 349.23 293.66)[e]
;[a][b][c][d][e]concat=n=5:v=0:a=1,$room,afade=t=out:st=8.5:d=1.5"

mp3='-c:a libmp3lame -b:a 80k -id3v2_version 3 -metadata artist=Trackkeeper -metadata genre=Ambient'
# shellcheck disable=SC2086 # lists of options
run -filter_complex "$day" $exact $mp3 -metadata title='Paper Lanterns' "$out/track-1.mp3"
# shellcheck disable=SC2086
run -filter_complex "$night" $exact $mp3 -metadata title='Lanternes d’été' "$out/track-2.mp3"
# shellcheck disable=SC2086
run -filter_complex "$day" $exact -t 2 -ac 1 -ar 22050 -c:a pcm_s16le "$out/track-1.wav"

spiral='mandelbrot=s=1024x1024:start_x=-0.743643:start_y=0.131826:start_scale=0.0035:maxiter=1500:inner=mincol'
glow='gradients=s=512x512:n=4:c0=0xfff3d6:c1=0xf2a65a:c2=0x7b3f61:c3=0x0b1026'
glow="$glow:type=radial:x0=256:y0=210:x1=256:y1=560:seed=7"
# shellcheck disable=SC2086
run -f lavfi -i "$spiral" \
  -frames:v 1 -vf 'format=gray,format=gbrp,pseudocolor=preset=inferno,scale=512:512:flags=area+bitexact' \
  $exact -q:v 5 -pix_fmt yuvj420p -update 1 "$out/cover-1.jpeg"
# shellcheck disable=SC2086
run -f lavfi -i "$glow" -frames:v 1 $exact -q:v 4 -pix_fmt yuvj420p -update 1 "$out/cover-2.jpeg"

# The music as light: each pitch a column, brighter as it sounds.
# shellcheck disable=SC2086
run -filter_complex "$day,asplit[sound][light];[light]showcqt=s=480x270:fps=25:axis=0:bar_g=4:sono_g=6:count=2,
format=gray,format=gbrp,pseudocolor=preset=inferno,format=yuv420p[picture]" \
  -map '[picture]' -map '[sound]' -t 6 $exact -c:v libx264 -profile:v main -preset veryslow -crf 27 \
  -c:a aac -b:a 80k -movflags +faststart "$out/track-1.mp4"
