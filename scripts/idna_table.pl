#!/usr/bin/perl
# idna_table.pl: prints domain/schema/formats/idna_table.cpp, from the Unicode data that Perl brings: the
# code points that may stand in labels of internationalized names (RFC 5892), with what the rules ask of
# them.
use strict;
use warnings;
use feature 'fc';
use Unicode::Normalize;
use Unicode::UCD;

# RFC 5892, section 2.6: PVALID or in a context, whatever the rules would say; and DISALLOWED.
my %valid = map { $_ => 1 } (0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007, 0x00B7, 0x0375, 0x05F3,
  0x05F4, 0x30FB, 0x0660 .. 0x0669, 0x06F0 .. 0x06F9);
my %invalid = map { $_ => 1 } (0x0640, 0x07FA, 0x302E, 0x302F, 0x3031 .. 0x3035, 0x303B);

sub is_valid {
  my ($code) = @_;
  return 1 if $valid{$code};
  return 0 if $invalid{$code};
  my $c = chr $code;
  return 0 if $c =~ /\p{Unassigned}/;
  return 1 if $c =~ /[-0-9a-z]/;
  return 1 if $code == 0x200C || $code == 0x200D;
  return 0 if $c =~ /\p{Hangul_Syllable_Type=L}|\p{Hangul_Syllable_Type=V}|\p{Hangul_Syllable_Type=T}/;
  return 0 if $c ne NFKC(fc(NFKC($c)));
  return 0 if $c =~ /\p{Default_Ignorable_Code_Point}|\p{White_Space}|\p{Noncharacter_Code_Point}/;
  return 0 if $c =~ /\p{Block=Combining_Diacritical_Marks_For_Symbols}|\p{Block=Musical_Symbols}/;
  return 0 if $c =~ /\p{Block=Ancient_Greek_Musical_Notation}/;
  return $c =~ /\p{Ll}|\p{Lu}|\p{Lo}|\p{Nd}|\p{Lm}|\p{Mn}|\p{Mc}/ ? 1 : 0;
}

my @bidi = qw(L R AL AN EN ES CS ET ON BN NSM);
my @scripts = qw(Greek Hebrew Hiragana Katakana Han);

sub traits {
  my ($c) = @_;
  my @traits;
  for my $i (0 .. $#bidi) { push @traits, "k$bidi[$i]" if $c =~ /\p{Bidi_Class=$bidi[$i]}/ }
  push @traits, 'kJoinsLeft' if $c =~ /\p{Joining_Type=L}|\p{Joining_Type=D}/;
  push @traits, 'kJoinsRight' if $c =~ /\p{Joining_Type=R}|\p{Joining_Type=D}/;
  push @traits, 'kTransparent' if $c =~ /\p{Joining_Type=T}/;
  push @traits, 'kMark' if $c =~ /\p{M}/;
  push @traits, 'kVirama' if $c =~ /\p{Canonical_Combining_Class=9}/;
  for my $script (@scripts) { push @traits, "k$script" if $c =~ /\p{Script=$script}/ }
  return join '|', @traits;
}

my @ranges;
for my $code (0x2D .. 0x3FFFF) {
  next if $code >= 0xD800 && $code <= 0xDFFF;
  next unless is_valid($code);
  my $traits = traits(chr $code);
  if (@ranges && $ranges[-1][1] == $code - 1 && $ranges[-1][2] eq $traits) {
    $ranges[-1][1] = $code;
  } else {
    push @ranges, [$code, $code, $traits];
  }
}
# Short names for the sets of traits, most used first.
my %uses;
$uses{$_->[2]}++ for @ranges;
my @sets = sort { $uses{$b} <=> $uses{$a} || $a cmp $b } keys %uses;
my %name;
$name{$sets[$_]} = sprintf 'k%d', $_ for 0 .. $#sets;

print <<"END";
#include "domain/schema/formats/idna_table.hpp"

// Written by scripts/idna_table.pl from the data of Unicode @{[Unicode::UCD::UnicodeVersion()]}.
namespace confman::schema::idna {
namespace {

// clang-format off
END
for my $set (@sets) { print "constexpr Traits $name{$set} = ", join(' | ', split(/\|/, $set)), ";\n" }
print "\nconstexpr Range kRanges[] = {\n";
my $line = '';
for my $range (@ranges) {
  my $piece = sprintf '{0x%x,0x%x,%s},', $range->[0], $range->[1], $name{$range->[2]};
  if (length($line) + length($piece) > 118) { print "$line\n"; $line = '' }
  $line .= $piece;
}
print "$line\n};\n// clang-format on\n\n}  // namespace\n\n";
print "std::span<const Range> ranges() {\n  return kRanges;\n}\n\n}  // namespace confman::schema::idna\n";
