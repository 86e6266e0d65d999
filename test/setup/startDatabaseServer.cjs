module.exports = async function startDatabaseServer() {};
