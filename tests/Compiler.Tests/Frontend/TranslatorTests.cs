using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Frontend;

public sealed class TranslatorTests
{
    [Fact]
    public void VectorAddHasItsParametersAndOneAdd()
    {
        Function function = Translation.Of<VectorAdd>();
        TestContext.Current.TestOutputHelper!.WriteLine(IrText.Of(function));
        Assert.Equal("VectorAdd", function.Name);
        Assert.Equal(["a", "a_length", "b", "b_length", "c", "c_length", "n"], function.Parameters.Select(parameter => parameter.Name));
        Assert.Equal((128, 1, 1), function.Launch.Block);
        Assert.Contains("Add", IrText.Of(function), StringComparison.Ordinal);
    }
}
