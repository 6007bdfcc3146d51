#!/usr/bin/perl
# Harvest a whole list with Perl's HTTP::OAI: identifier, datestamp and status of each record, tab-separated.
#
#   http_oai.pl BASE_URL ListRecords|ListIdentifiers metadataPrefix=oai_dc [set=S] [from=F] [until=U]
use strict;
use warnings;
use HTTP::OAI;

my ($base, $verb, @pairs) = @ARGV;
my %arguments = map { split /=/, $_, 2 } @pairs;
my $harvester = HTTP::OAI::Harvester->new(baseURL => $base, resume => 1);
my $response = $harvester->$verb(%arguments, onRecord => sub {
    my $next = shift;
    my $header = $verb eq "ListRecords" ? $next->header : $next;
    print join("\t", $header->identifier, $header->datestamp, $header->status || "live"), "\n";
});
die $response->code . " " . $response->message . "\n" if $response->is_error;
