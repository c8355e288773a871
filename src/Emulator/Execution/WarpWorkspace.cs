using System.Runtime.CompilerServices;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>The registers and local memory of a warp; another warp of the kernel may have them once it has ended.</summary>
internal sealed unsafe class WarpWorkspace
{
    private const int Alignment = Warp.SlotBytes;   // a slot is two cache lines
    private const int Behind = Warp.SlotBytes;      // a narrow register may be read as a wide one

    private readonly KernelCode code;
    private readonly byte[] registers;
    private readonly uint[] ready;
    private readonly long[] addresses = GC.AllocateArray<long>(Warp.Lanes, pinned: true);

    public WarpWorkspace(KernelCode code)
    {
        this.code = code;
        registers = GC.AllocateArray<byte>(code.SlotCount * Warp.SlotBytes + Alignment + Behind, pinned: true);
        Registers = (byte*)((nint)Unsafe.AsPointer(ref registers[0]) + Alignment - 1 & -Alignment);
        ready = GC.AllocateArray<uint>(code.SlotCount, pinned: true);
        Ready = (uint*)Unsafe.AsPointer(ref ready[0]);
        Addresses = (long*)Unsafe.AsPointer(ref addresses[0]);
        Local = new LocalMemory(code.Frame);
        Start();
    }

    public byte* Registers { get; }

    public uint* Ready { get; }

    public long* Addresses { get; }

    public LocalMemory Local { get; }

    public long[] ExecutedApart { get; } = new long[Warp.Lanes];

    public ScopedKnowledge[] Released { get; } = new ScopedKnowledge[Warp.Lanes];

    public Observations[] Acquired { get; } = new Observations[Warp.Lanes];

    public VectorClock?[] Sequenced { get; } = new VectorClock?[Warp.Lanes];

    /// <summary>Bytes of the host that it takes, but for a few hundred.</summary>
    public long Bytes => registers.Length + 2L * code.Frame.Size * Warp.Lanes;

    /// <summary>Nothing of the last warp is left.</summary>
    public void Reset()
    {
        Array.Clear(registers);
        Array.Clear(ready);
        Array.Clear(ExecutedApart);
        Array.Clear(Released);
        Array.Clear(Acquired);
        Array.Clear(Sequenced);
        Local.Reset();
        Start();
    }

    private void Start()
    {
        Ready[Instruction.NoSlot] = ~0u;
        foreach ((int slot, ulong bits, int bytes) in code.Constants)
        {
            Ready[slot] = ~0u;
            byte* to = Registers + slot * Warp.SlotBytes;
            switch (bytes)
            {
                case 0: *(uint*)to = bits == 0 ? 0 : ~0u; break;
                case 1: new Span<byte>(to, Warp.Lanes).Fill((byte)bits); break;
                case 2: new Span<ushort>(to, Warp.Lanes).Fill((ushort)bits); break;
                case 4: new Span<uint>(to, Warp.Lanes).Fill((uint)bits); break;
                case 8: new Span<ulong>(to, Warp.Lanes).Fill(bits); break;
                default: new Span<UInt128>(to, Warp.Lanes).Fill(bits); break;
            }
        }
    }
}
