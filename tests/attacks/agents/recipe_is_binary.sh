# tries: to bring the loop down with a proposal that is no text
# expect: rejected

lab=$1
head -c 3000 /dev/urandom >> train.cpp
