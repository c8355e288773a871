using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// What a warp's registers hold that nobody wrote. <see cref="Warp.Ready"/> has a bit for each lane that is written as a whole; here stand
/// the bytes of the others. nvcc and LLVM move such bytes about (padding, the unused part of a vector, a sum that a select drops), so only
/// what depends on them is a fault: branches, addresses, and what leaves the launch.
/// </summary>
internal sealed unsafe class UnwrittenRegisters(Warp warp)
{
    private readonly Dictionary<int, Unwritten[]> slots = [];

    public Unwritten Of(int slot, int lane)
    {
        if ((warp.Ready[slot] >> lane & 1) != 0)
            return default;
        return slots.TryGetValue(slot, out Unwritten[]? lanes) ? lanes[lane] : Unwritten.Register;
    }

    public void Set(int slot, int lane, Unwritten value)
    {
        if (!value.Any)
        {
            warp.Ready[slot] |= 1u << lane;
            return;
        }
        if (!slots.TryGetValue(slot, out Unwritten[]? lanes))
        {
            slots.Add(slot, lanes = new Unwritten[Warp.Lanes]);
            Array.Fill(lanes, Unwritten.Register);
        }
        lanes[lane] = value;
        warp.Ready[slot] &= ~(1u << lane);
    }

    /// <summary>A register of a function that is called anew.</summary>
    public void Forget(int slot, uint mask)
    {
        warp.Ready[slot] &= ~mask;
        if (!slots.TryGetValue(slot, out Unwritten[]? lanes))
            return;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            lanes[int.TrailingZeroCount((int)rest)] = Unwritten.Register;
    }

    /// <summary>A guard that nobody wrote: fine for an instruction which only makes a value, which is unwritten then.</summary>
    public void Guard(Instruction instruction, uint lanes)
    {
        RequireCarried(instruction, instruction.Guard, lanes);
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Unwritten result = Of(instruction.Guard, lane).AsComputed();
            foreach (int slot in instruction.Destinations)
                Set(slot, lane, result);
        }
    }

    /// <summary>Runs an instruction some of whose sources hold unwritten bytes.</summary>
    public void Run(Instruction instruction, uint active)
    {
        uint lanes = 0;
        foreach (int slot in instruction.Sources)
        {
            uint missing = active & ~warp.Ready[slot];
            if (missing == 0)
                continue;
            RequireCarried(instruction, slot, missing);
            lanes |= missing;
        }
        if (instruction.MarksDestinations)
        {
            instruction.Execute(warp);
            return;
        }
        int[] to = [.. instruction.Destinations];
        var results = new Unwritten[to.Length * Warp.Lanes];
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            for (int i = 0; i < to.Length; i++)
                results[i * Warp.Lanes + lane] = instruction.Carry(warp, lane, i);
        }
        foreach (int slot in to)
            warp.Ready[slot] |= active;
        instruction.Execute(warp);
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            for (int i = 0; i < to.Length; i++)
            {
                if (results[i * Warp.Lanes + lane] is { Any: true } result)
                    Set(to[i], lane, result);
            }
        }
    }

    /// <summary>Something depends on bytes that nobody wrote.</summary>
    public static FaultException Used(Instruction instruction, string use, Unwritten value, int lane)
    {
        string what = value.Origin is { } origin ? $"a value {origin}" : "a register read before it is written";
        return new FaultException(FaultKind.Uninitialized, $"{use} depends on {what}, in '{instruction.Syntax}'")
        {
            Lane = lane,
            Address = value.Origin?.Address,
            Allocation = value.Origin?.Allocation,
        };
    }

    private void RequireCarried(Instruction instruction, int slot, uint lanes)
    {
        int lane = int.TrailingZeroCount((int)lanes);
        if (warp.Code.UsesWgmma && warp.Wgmma.IsPending(slot))
            throw new FaultException(FaultKind.Asynchronous, "a register of a wgmma that hasn't been waited for is used") { Lane = lane };
        if (instruction.MayCarry(slot))
            return;
        string use = slot == instruction.Guard ? $"whether '{instruction.Syntax.Opcode}' runs" : $"'{instruction.Syntax.Opcode}'";
        throw Used(instruction, use, Of(slot, lane), lane);
    }
}
