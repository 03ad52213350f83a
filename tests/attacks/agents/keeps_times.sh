# tries: the same, and to hide it by giving the file its size and times back
# expect: rejected model/score was changed

lab=$1
file=$lab/.tern/experiments/0001/1/run/model/score
touch -r "$file" stamp
tr 1-9 9 < "$file" > other && cat other > "$file"
touch -r stamp "$file"
rm -f stamp other
sed -i "s/    \/\/ overrides begin/    \/\/ overrides begin\n    quality = 0.3;/" train.cpp
