using CogVideoX.Compiler.Frontend;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>Where an instruction comes from: the line that does it, and the calls that were inlined around it.</summary>
public sealed class SourceMapTests
{
    [Fact]
    public void TheInlineChainCanBeListed()
    {
        List<Ir.Instruction> instructions = Translation.InstructionsOf<VectorAdd>();
        Ir.Instruction load = instructions.First(instruction => instruction is { Opcode: Ir.Opcode.SignExtend });
        var chain = SourceMap.Chain(load.Location);
        Assert.Equal(["get_Item", "Run"], chain.Select(frame => frame.Method.Name));
        Assert.Equal("View.cs", Path.GetFileName(chain[0].Line!.File));
        Assert.Equal("VectorAdd.cs", Path.GetFileName(chain[1].Line!.File));
        Assert.Equal(chain[1].Line, SourceMap.Find(load.Location));
    }
}
