namespace CogVideoX.Emulator.Tests;

public class ModuleParserTests
{
    [Theory]
    [InlineData("simt.ptx", 20, "sm_80")]
    [InlineData("tensor.ptx", 4, "sm_80")]
    [InlineData("hopper.ptx", 18, "sm_90a")]
    public void ReadsWhatNvccWrites(string file, int entries, string target)
    {
        PtxModule module = PtxModule.Parse(File.ReadAllText(Path.Combine(Goldens.Cases, file)));
        Assert.Equal(entries, module.Entries.Count);
        Assert.Equal("9.0", module.Version);
        Assert.Equal(target, module.Targets[0]);
    }

    [Theory]
    [InlineData(".version 9.0 .target sm_80\n.entry k() { bra nowhere; }", 2, "nowhere")]
    [InlineData(".version 9.0\n.target sm_80\n\n.entry k(", 4, "directive")]
    [InlineData(".version 9.0 .target sm_80\n.entry k() {\n.reg .b32 %r<2>;\n.reg .b32 %r<2>; }", 4, "twice")]
    [InlineData(".version 9.0\n/* open", 2, "closed")]
    [InlineData(".version 9.0 .target sm_80\n.entry k() {\n@%r1 bra x; }", 3, "predicate")]
    [InlineData(".version 9.0 .target sm_80 .global .u32 x[];", 1, "size")]
    [InlineData(".version 9.0 .target sm_80\n.global .u32 x[99999999][99999999];", 2, "4 GiB")]
    public void NamesTheLine(string text, int line, string word)
    {
        var error = Assert.Throws<PtxException>(() => PtxModule.Parse(text));
        Assert.Equal(line, error.Line);
        Assert.Contains(word, error.Message);
    }

    [Fact]
    public void InnerNamesHideOuterOnes()
    {
        PtxModule module = PtxModule.Parse("""
            .version 9.0
            .target sm_80
            .entry k() {
                .reg .b32 a;
                { .reg .pred a; L: @a bra L; }
                { .reg .pred a; L: @a bra L; }
                mov.b32 a, 1;
            }
            """);
        Syntax.PtxFunction function = module.Functions["k"];
        Assert.Equal(3, function.RegisterCount);
        Assert.Equal(0, function.Instructions[0].Scope.FindLabel("L"));
        Assert.Equal(1, function.Instructions[1].Scope.FindLabel("L"));
    }

    [Fact]
    public void ReadsInitialisers()
    {
        PtxModule module = PtxModule.Parse(
            ".version 9.0 .target sm_80\n.global .f32 x[2] = {0f3F800000, -2.5};\n.const .b16 y[2][2] = {{1, -1}, {3}};");
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0], module.Variables[0].Initial);
        Assert.Equal([1, 0, 0xff, 0xff, 3, 0], module.Variables[1].Initial);
        Assert.Equal(8, module.Variables[1].Size);
    }

    [Fact]
    public void BrokenTextIsAnErrorAndNothingElse()
    {
        string text = File.ReadAllText(Path.Combine(Goldens.Cases, "simt.ptx"))[..20_000];
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            char[] broken = text.ToCharArray();
            for (int k = random.Next(1, 30); k > 0; k--)
                broken[random.Next(broken.Length)] = (char)(random.Next(4) == 0 ? random.Next(1, 300) : text[random.Next(text.Length)]);
            int from = random.Next(broken.Length / 2), length = random.Next(1, broken.Length - from);
            try
            {
                PtxModule.Parse(round % 2 == 0 ? new string(broken) : new string(broken, from, length));
            }
            catch (PtxException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 300); // and whatever is thrown else fails the test
    }
}
