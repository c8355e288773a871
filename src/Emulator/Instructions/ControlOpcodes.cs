using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Control flow (PTX ISA 9.7.12) and odds and ends (9.7.18).</summary>
internal static class ControlOpcodes
{
    public static void AddTo(Dictionary<string, Func<InstructionDecoder, Instruction>> all)
    {
        all["bra"] = Bra;
        all["brx"] = Brx;
        all["ret"] = d =>
        {
            bool uniform = d.Flag("uni");
            d.Count(0);
            return new Return(uniform) { Class = InstructionClass.Control };
        };
        all["exit"] = d =>
        {
            d.Count(0);
            return new Exit { Class = InstructionClass.Control };
        };
        all["trap"] = d =>
        {
            d.Count(0);
            return new Trap("the kernel ends itself") { Class = InstructionClass.Control };
        };
        all["brkpt"] = d =>
        {
            d.Count(0);
            return new Trap("brkpt waits for a debugger") { Class = InstructionClass.Control };
        };
        all["pmevent"] = d =>
        {
            long most = d.Flag("mask") ? ushort.MaxValue : 15;
            d.Count(1);
            if (d.Immediate(0) < 0 || d.Immediate(0) > most)
                throw d.Error($"an event is a number from 0 to {most}");
            return new Nothing();
        };
        all["nanosleep"] = d =>
        {
            d.Type(PtxType.U32);
            d.Source(0, PtxType.U32);
            return new Pause();
        };
        all["griddepcontrol"] = d =>
        {
            d.Need("launch_dependents", "wait");
            return new Nothing();
        };
    }

    private static Branch Bra(InstructionDecoder d)
    {
        bool uniform = d.Flag("uni");
        d.Count(1);
        return new Branch(Label(d, d.Operand(0).Name), uniform) { Class = InstructionClass.Control };
    }

    private static IndexedBranch Brx(InstructionDecoder d)
    {
        d.Need("idx");
        bool uniform = d.Flag("uni");
        d.Count(2);
        List<string> targets = d.Syntax.Scope.FindBranchTargets(d.Operand(1).Name)
            ?? throw d.Error($"no .branchtargets '{d.Operand(1).Name}'");
        return new IndexedBranch(d.Source(0, PtxType.U32), [.. targets.Select(t => Label(d, t))], uniform)
        { Class = InstructionClass.Control };
    }

    private static int Label(InstructionDecoder d, string name) => d.Syntax.Scope.FindLabel(name) ?? throw d.Error($"no label '{name}'");
}
