using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Decoding;

/// <summary>Functions whose address a module takes: the only ones that a call by prototype can reach.</summary>
internal static class AddressesTaken
{
    public static IReadOnlyList<string> Of(PtxModule module)
    {
        IEnumerable<string> written = module.Functions.Values.SelectMany(f => f.Instructions).Where(i => i.Opcode == "mov")
            .SelectMany(i => i.Operands).Where(o => o is { Kind: OperandKind.Symbol, Variable: null }).Select(o => o.Name);
        IEnumerable<PtxVariable> variables = module.Variables.Concat(module.Functions.Values.SelectMany(f => f.Variables));
        IEnumerable<string> initial = variables.SelectMany(v => v.References).Select(r => r.Name);
        return [.. written.Concat(initial).Distinct().Where(n =>
            module.Functions.TryGetValue(n, out PtxFunction? function) && !function.IsEntry)];
    }
}
