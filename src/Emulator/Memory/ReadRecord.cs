using System.Runtime.CompilerServices;
using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Memory;

/// <summary>Up to 32 neighbouring entities that read at one clock.</summary>
internal struct ReadRecord
{
    public int Cta;
    public int Entity;
    public int Clock;
    public AccessInfo Info;
    public uint Mask;

    /// <summary>The read that a cell holds itself, of some of its entities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadRecord Of(in Cell cell, uint mask) => new()
    {
        Cta = cell.ReadCta,
        Entity = cell.ReadEntity,
        Clock = cell.ReadClock,
        Info = cell.ReadInfo,
        Mask = mask,
    };
}
