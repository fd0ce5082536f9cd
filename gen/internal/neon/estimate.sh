#!/usr/bin/env bash
# Estimates the NEON kernels with llvm-mca (Debian: llvm), a compiler's model of a
# CPU: apple-m1, or the one given as argument. Run in the repository's root.
set -euo pipefail
cpu=${1:-apple-m1}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
CGO_ENABLED=0 GOARCH=arm64 go test -c -o "$tmp/kernels" ./kernels

# An inner loop lies between a conditional branch back and its target and has no
# other branch inside. Each goes to a file of its own.
for f in Peak Product Grad Tanh Adam Normal; do
  for t in F32 F64; do
    [ $f$t != NormalF64 ] || continue # deviates are float32
    llvm-objdump -d --no-show-raw-insn --disassemble-symbols="molap/asm.${f}${t}NEON.abi0" "$tmp/kernels" |
      awk -v out="$tmp/$f$t" '
        /^ *[0-9a-f]+:/ {
          a = $1; sub(":", "", a); $1 = ""
          text[n] = $0; at[a] = n
          if ($2 ~ /^b\.(ge|ne)$/) {
            to = $3; sub("0x", "", to)
            if (to in at) {
              inner = 1
              for (i = at[to]; i < n; i++) if (text[i] ~ /^[ \t]*(b|b\.[a-z]+|cbn?z)[ \t]/) inner = 0
              if (inner) {
                file = sprintf("%s.%04d.s", out, ++loops)
                for (i = at[to]; i < n; i++) print text[i] > file
                print " b.ne 0x0" > file
                close(file)
              }
            }
          }
          n++
        }'
  done
done

cycles() { llvm-mca -mtriple=aarch64 -mcpu="$cpu" -iterations=200 "$1" | awk '/^Total Cycles/ {print $3 / 200}'; }
count() { grep -c -E "$1" "$2" || true; }

# The products: FMAs by element.
printf '%-14s %6s %7s %7s %11s %10s %8s\n' 'largest loop' FMAs instrs cycles FMAs/cycle '% of peak' slowest
for t in F32 F64; do
  peak=0
  for f in Peak Product Grad; do
    for s in "$tmp/$f$t".*.s; do
      echo "$(count 'fmla.*\[' "$s") $(count . "$s") $(cycles "$s")"
    done | awk -v name="$f$t" -v peak="$peak" '
      { rate = $1 / $3; if ($1 >= 16 && (slowest == 0 || rate < slowest)) slowest = rate }
      $1 > fmas { fmas = $1; instrs = $2; cycles = $3 }
      END {
        if (peak == 0) peak = fmas / cycles
        printf "%-14s %6d %7d %7.1f %11.2f %10.0f %8.0f\n", name, fmas, instrs, cycles, fmas / cycles, 100 * fmas / cycles / peak, 100 * slowest / peak
      }' | tee "$tmp/line"
    [ "$f" != Peak ] || peak=$(awk '{print $5}' "$tmp/line")
  done
done

# The elementwise kernels: their first loop takes the most vectors together.
printf '\n%-14s %8s %7s %7s %14s\n' 'first loop' vectors instrs cycles cycles/vector
for f in TanhF32:6 TanhF64:6 AdamF32:2 AdamF64:2 NormalF32:8; do
  s=$(ls "$tmp/${f%:*}".*.s | head -n 1)
  awk -v name="${f%:*}" -v vecs="${f#*:}" -v instrs="$(count . "$s")" -v cycles="$(cycles "$s")" \
    'BEGIN {printf "%-14s %8d %7d %7.1f %14.1f\n", name, vecs, instrs, cycles, cycles / vecs}'
done
