#!/usr/bin/perl
# Harvest whole records with Catmandu::OAI (its lists of headers lose the identifiers, 0.19): identifier, datestamp and status of each record, tab-separated.
#
#   catmandu_oai.pl BASE_URL ListRecords metadataPrefix=oai_dc [set=S] [from=F] [until=U]
use strict;
use warnings;
use Catmandu::Importer::OAI;

my ($base, $verb, @pairs) = @ARGV;
my %arguments = map { split /=/, $_, 2 } @pairs;
# Without a handler for each format the importer would look one up by its prefix; headers are all that is compared.
my $importer = Catmandu::Importer::OAI->new(
    url => $base, lcfirst($verb) => 1, handler => sub { {} }, strict => 1, %arguments
);
$importer->each(sub {
    my $record = shift;
    print join("\t", $record->{_identifier}, $record->{_datestamp}, $record->{_status} || 'live'), "\n";
});
