namespace CogVideoX.Pipelines;

/// <summary>Amounts of memory as people read them.</summary>
internal static class ByteSize
{
    /// <summary><c>13.31 GB</c>, <c>61 MB</c>, <c>4.9 MB</c>, <c>12 kB</c>, <c>180 bytes</c>; decimal, as disks are sold.</summary>
    public static string ToText(long bytes) => Math.Abs((double)bytes) switch
    {
        >= 999.5e6 => FormattableString.Invariant($"{bytes / 1e9:F2} GB"),
        >= 9.95e6 => FormattableString.Invariant($"{bytes / 1e6:F0} MB"),
        >= 999.5e3 => FormattableString.Invariant($"{bytes / 1e6:F1} MB"),
        >= 1000 => FormattableString.Invariant($"{bytes / 1e3:F0} kB"),
        _ => $"{bytes} bytes",
    };
}
