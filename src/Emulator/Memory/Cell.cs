using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>What is known of a few bytes: their last write and the reads since. Reads that don't fit here stand in a list.</summary>
internal struct Cell
{
    /// <summary>CTA of a value that the launch was given.</summary>
    public const int Host = -1;

    /// <summary>CTA of bytes that nobody has written.</summary>
    public const int Never = -2;

    /// <summary>Whether the bytes hold what nobody wrote, there or where it was copied from.</summary>
    public readonly bool IsUnwritten => WriteCta == Never || (WriteCta >= 0 && WriteInfo.IsUnwritten);

    public int WriteCta;
    public int WriteEntity;
    public int WriteClock;
    public AccessInfo WriteInfo;
    public int ReadCta;
    public int ReadEntity;
    public int ReadClock;
    public AccessInfo ReadInfo;
    public uint ReadMask;
    public int MoreReads;
}
