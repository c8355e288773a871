using CogVideoX.Pipelines.Hub;

namespace CogVideoX.Pipelines.Tests.Hub;

/// <summary>Names of models and of files are hostile until checked.</summary>
public sealed class ModelNameTests
{
    [Theory]
    [InlineData("THUDM/CogVideoX-2b", "THUDM/CogVideoX-2b", "main", "models--THUDM--CogVideoX-2b")]
    [InlineData("zai-org/CogVideoX1.5-5B@v1.0", "zai-org/CogVideoX1.5-5B", "v1.0", "models--zai-org--CogVideoX1.5-5B")]
    [InlineData("a/b@refs/pr/7", "a/b", "refs/pr/7", "models--a--b")]
    [InlineData("gpt2", "gpt2", "main", "models--gpt2")]
    [InlineData("a_b/c.d-e_f", "a_b/c.d-e_f", "main", "models--a_b--c.d-e_f")]
    public void NameAndRevisionAreRead(string text, string name, string revision, string folder)
    {
        var read = ModelName.Parse(text);
        Assert.Equal((name, revision, folder), (read.Name, read.Revision, read.Folder));
        Assert.Equal(name, ModelName.OfFolder(folder)?.Name);
        Assert.Equal(text, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a/b")]
    [InlineData("a/")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b/c")]
    [InlineData(@"a\b")]
    [InlineData("C:/b")]
    [InlineData("-a/b")]
    [InlineData("a/b.")]
    [InlineData("a/b--c")]
    [InlineData("a/b..c")]
    [InlineData("a/b.git")]
    [InlineData("a/b c")]
    [InlineData("a/b\n")]
    [InlineData("a/é")]
    [InlineData("a/b%2e")]
    [InlineData("a/b?x=1")]
    [InlineData("a/b@")]
    [InlineData("a/b@..")]
    [InlineData("a/b@x/../y")]
    [InlineData("a/b@/x")]
    [InlineData("a/b@x//y")]
    [InlineData("a/b@.x")]
    [InlineData("a/b@x.lock")]
    [InlineData("a/b@x@{1}")]
    [InlineData("a/b@x y")]
    [InlineData("a/b@nul")]
    public void WhatIsNoNameIsRefused(string text) =>
        Assert.Contains("OWNER/NAME", Assert.Throws<HubException>(() => ModelName.Parse(text)).Message);

    [Fact]
    public void LongNamesAreRefused()
    {
        Assert.Throws<HubException>(() => ModelName.Parse("a/" + new string('b', 95)));
        Assert.Throws<HubException>(() => ModelName.Parse("a/b@" + new string('c', 201)));
        Assert.Equal(96, ModelName.Parse("a/" + new string('b', 94)).Name.Length);
    }

    [Theory]
    [InlineData("models--../../x")]
    [InlineData("models--")]
    [InlineData("datasets--a--b")]
    [InlineData("models--a--b--c")]
    public void OtherFoldersAreNoModels(string folder) => Assert.Null(ModelName.OfFolder(folder));

    [Theory]
    [InlineData("model_index.json", true)]
    [InlineData("transformer/diffusion_pytorch_model-00001-of-00003.safetensors", true)]
    [InlineData("../x", false)]
    [InlineData("a/../x", false)]
    [InlineData("./x", false)]
    [InlineData("/x", false)]
    [InlineData("a//x", false)]
    [InlineData("a/", false)]
    [InlineData("", false)]
    [InlineData(@"a\..\x", false)]
    [InlineData("C:x", false)]
    [InlineData("x:stream", false)]
    [InlineData("a/NUL", false)]
    [InlineData("a/nul.json", false)]
    [InlineData("com1.txt", false)]
    [InlineData("CONIN$", false)]
    [InlineData("x. ", false)]
    [InlineData("x.", false)]
    [InlineData("x\0y", false)]
    [InlineData("x\u001By", false)]
    [InlineData("x\u202Ey", false)]
    [InlineData("a*b", false)]
    public void NamesOfFilesStayInTheirFolder(string name, bool right) => Assert.Equal(right, FileNames.Problem(name) is null);

    [Fact]
    public void LongNamesOfFilesAreRefused()
    {
        Assert.NotNull(FileNames.Problem(new string('x', 256)));
        Assert.NotNull(FileNames.Problem(string.Join('/', Enumerable.Repeat("x", 17))));
        Assert.NotNull(FileNames.Problem(string.Join('/', Enumerable.Repeat(new string('x', 200), 6))));
    }
}
