using System.Text;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Strings for the driver: bytes of UTF-8 in .global, with a zero at the end.</summary>
internal sealed class Texts(KernelBuilder kernel)
{
    /// <summary>The generic address of a text; the same text is there once.</summary>
    public Value AddressOf(string text) => Generic("global", kernel.AddressOf(kernel.StaticVariable(("text", text), () =>
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(text), 0];
        return kernel.NewVariable("text", VariableSpace.Global, bytes.Length, 1, bytes);
    })));

    /// <summary>The address of a variable in a state space as one that is good anywhere.</summary>
    public Value Generic(string space, Value address)
    {
        var operands = new Dictionary<string, PtxFormOperand>(StringComparer.Ordinal)
        {
            ["result"] = new(-1, 0, 1, false, false),
            ["place"] = new(0, -1, 1, false, false),
        };
        var form = new PtxForm($"cvta.{space}.u64 {{result}}, {{place}};", operands, IsPure: true, 80, IsArchitectureSpecific: false, 70);
        return kernel.Ir.Append(new Instruction(Opcode.Ptx, kernel.Location, [address], IrType.I64) { Ptx = form });
    }
}
