using System.Text;

namespace Tallygate.Tests.Exposition;

/// <summary>A push of about one kilobyte and fourteen samples, as a batch job sends it.</summary>
internal static class PushBody
{
    public static readonly byte[] Utf8 = Encoding.UTF8.GetBytes("""
        # HELP records_processed Records processed by this run.
        # TYPE records_processed gauge
        records_processed{stage="extract",table="orders"} 15234
        records_processed{stage="load",table="orders"} 15200
        records_processed{stage="load",table="customers"} 981
        # HELP records_failed Records that could not be processed.
        # TYPE records_failed gauge
        records_failed{stage="load",table="orders"} 34
        # HELP job_duration_seconds How long the run took.
        # TYPE job_duration_seconds gauge
        job_duration_seconds 182.4537
        # TYPE job_last_success_timestamp_seconds gauge
        job_last_success_timestamp_seconds 1.7953532028694396e+09
        # HELP batch_size_bytes Sizes of the batches written.
        # TYPE batch_size_bytes histogram
        batch_size_bytes_bucket{le="1024"} 12
        batch_size_bytes_bucket{le="65536"} 40
        batch_size_bytes_bucket{le="1.048576e+06"} 61
        batch_size_bytes_bucket{le="+Inf"} 63
        batch_size_bytes_sum 2.3498112e+07
        batch_size_bytes_count 63
        bytes_written_total{target="warehouse"} 2.3498112e+07
        exit_code 0

        """.ReplaceLineEndings("\n"));
}
