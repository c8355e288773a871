using System.Reflection;
using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Tests;

/// <summary>The one table from properties of the library to options of the command line.</summary>
public sealed class PropertyNamesTests
{
    public static TheoryData<string> Properties =>
        [.. typeof(GenerationRequest).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void EveryPropertyOfARequestHasAnOptionOfGenerate(string property)
    {
        string option = PropertyNames.All[property];
        var command = new GenerateOptions().ToCommand("generate", "");
        Assert.Contains(option, command.Options.Select(known => known.Name).Concat(command.Arguments.Select(known => known.Name)));
    }

    [Fact]
    public void MessagesOfTheLibraryAreToldInTheWordsOfTheCommandLine() =>
        Assert.Equal("--trace and --width", PropertyNames.InWordsOfOptions("GenerationRequest.Trace and GenerationRequest.Width"));
}
