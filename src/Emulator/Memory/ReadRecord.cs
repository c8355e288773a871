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
}
